// hub/documents/document-cache.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/document-cache.test.ts';
