// e2e/environments.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/environments.test.ts';
