// hub/audit-seen.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/audit-seen.test.ts';
