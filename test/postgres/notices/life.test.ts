// notices/life.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../notices/life.test.ts';
