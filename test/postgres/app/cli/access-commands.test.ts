// app/cli/access-commands.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../app/cli/access-commands.test.ts';
