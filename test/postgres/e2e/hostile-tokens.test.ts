// e2e/hostile-tokens.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/hostile-tokens.test.ts';
