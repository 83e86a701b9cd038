// e2e/mutations.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/mutations.test.ts';
