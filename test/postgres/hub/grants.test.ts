// hub/grants.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/grants.test.ts';
