// e2e/fint-client.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/fint-client.test.ts';
