// hub/documents/walk-texts.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/walk-texts.test.ts';
