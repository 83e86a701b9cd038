// hub/documents/documents.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/documents.test.ts';
