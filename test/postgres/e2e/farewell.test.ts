// e2e/farewell.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/farewell.test.ts';
