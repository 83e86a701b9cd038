// apis/admin/documents.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/documents.test.ts';
