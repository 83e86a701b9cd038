// apis/admin/links.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/links.test.ts';
