// apis/admin/access-laws.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/access-laws.test.ts';
