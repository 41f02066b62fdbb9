"""The console command and the terminal screens."""
