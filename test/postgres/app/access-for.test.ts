// app/access-for.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../app/access-for.test.ts';
