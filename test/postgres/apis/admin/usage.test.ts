// apis/admin/usage.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/usage.test.ts';
