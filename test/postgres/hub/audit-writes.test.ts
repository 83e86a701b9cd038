// hub/audit-writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/audit-writes.test.ts';
