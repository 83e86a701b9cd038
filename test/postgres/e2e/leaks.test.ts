// e2e/leaks.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/leaks.test.ts';
