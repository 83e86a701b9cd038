// apis/admin/exports.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/exports.test.ts';
