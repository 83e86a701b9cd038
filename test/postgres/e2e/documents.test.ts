// e2e/documents.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/documents.test.ts';
