// e2e/messages.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/messages.test.ts';
