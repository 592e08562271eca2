// A program that does nothing: whatever is linked with it stands on its own.
int main() { return 0; }
