// apis/fsws-studinfo2/documents.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-studinfo2/documents.test.ts';
