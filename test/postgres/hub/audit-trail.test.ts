// hub/audit-trail.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/audit-trail.test.ts';
