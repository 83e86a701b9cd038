// hub/page-body.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/page-body.test.ts';
