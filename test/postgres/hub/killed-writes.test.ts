// hub/killed-writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/killed-writes.test.ts';
