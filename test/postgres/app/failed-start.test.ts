// app/failed-start.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../app/failed-start.test.ts';
