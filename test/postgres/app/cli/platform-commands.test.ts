// app/cli/platform-commands.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../app/cli/platform-commands.test.ts';
