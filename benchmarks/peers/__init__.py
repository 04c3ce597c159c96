"""The same small operations solved in several ways, and every roster judged by patrolplan's audit."""
