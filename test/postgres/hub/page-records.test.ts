// hub/page-records.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/page-records.test.ts';
