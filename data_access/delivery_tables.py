"""What the plans deliver: counts of programmes, health cells through their life, tasks."""
