// hub/audit-seen-writes.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/audit-seen-writes.test.ts';
