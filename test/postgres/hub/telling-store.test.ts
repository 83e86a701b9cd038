// hub/telling-store.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/telling-store.test.ts';
