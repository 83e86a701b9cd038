// tables/writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../tables/writes.test.ts';
