// e2e/asked-access.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/asked-access.test.ts';
