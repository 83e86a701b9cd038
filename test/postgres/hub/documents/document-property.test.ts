// hub/documents/document-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/document-property.test.ts';
