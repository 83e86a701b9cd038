// apis/admin/access-requests.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/access-requests.test.ts';
