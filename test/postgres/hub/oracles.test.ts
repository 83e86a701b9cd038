// hub/oracles.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/oracles.test.ts';
