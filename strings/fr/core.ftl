# Core strings
