"""Summer camp (关爱留守儿童夏令营): seats, a draw that anyone can check, consent, three days with nobody lost."""
