// apis/admin/bad-input.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/bad-input.test.ts';
