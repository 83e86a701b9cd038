// e2e/bad-input.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/bad-input.test.ts';
