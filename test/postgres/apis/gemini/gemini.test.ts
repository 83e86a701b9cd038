// apis/gemini/gemini.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/gemini/gemini.test.ts';
