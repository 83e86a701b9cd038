// app/cli/export-commands.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../app/cli/export-commands.test.ts';
