// hub/freshness.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/freshness.test.ts';
