// exports/making.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../exports/making.test.ts';
