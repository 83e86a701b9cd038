// graphql/document-needs.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../graphql/document-needs.test.ts';
