// e2e/contracts.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/contracts.test.ts';
