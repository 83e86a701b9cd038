// hub/audit.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/audit.test.ts';
