// e2e/protected.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/protected.test.ts';
