// app/cli/link-commands.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../app/cli/link-commands.test.ts';
