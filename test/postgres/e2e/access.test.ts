// e2e/access.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/access.test.ts';
