"""Invented people: given and family names of many origins, put together at random."""

from random import Random

GIVEN = tuple(
    """Aaliyah Abel Ada Adrian Aiko Alba Alejandro Amara Amir Ana Anders Anika Anton Arjun Asha Astrid
    Aurora Beatriz Bela Benedikt Bianca Bodhi Bram Camila Carlos Chiara Chidi Clara Cyrus Dalia Daniela
    Darius Deshawn Diego Dina Ebele Eero Eleni Elias Elif Emeka Emre Esme Esperanza Fatima Felix
    Fernanda Finn Freya Gael Giulia Grace Hana Hari Hassan Helena Hiro Hugo Ibrahim Ida Imani Ines
    Ingrid Isaac Isabel Ivan Jada Jamal Jasper Javier Jia Joaquin Jonah Jorge Juno Kai Kalani Karim
    Katya Keiko Kenji Kiara Kofi Laila Lars Leilani Leo Lina Linh Lorenzo Lucia Luka Mai Malik Marcus
    Mariam Marisol Mateo Maya Mei Mila Minh Mira Nadia Naomi Nia Nikolai Noor Nora Obi Olga Omar Oscar
    Paloma Petra Priya Quinn Rafael Rania Ravi Rosa Rowan Ruben Sade Samir Sana Selma Simone Sofia Soren
    Suki Tala Tamar Tariq Theo Thuy Tomas Uma Valentina Vera Viktor Wen Xavier Ximena Yara Yusuf Zara
    Zeke Zola""".split()
)

FAMILY = tuple(
    """Abara Achterberg Adeyemi Aguilar Alvarado Amundsen Andersson Aoki Arslan Baptiste Barros
    Bellweather Benally Bergstrom Bianchi Bui Calloway Castellano Chanda Chukwu Cisneros Corrigan
    Dasgupta Delacroix Demir Desai Diallo Dimitrov Duarte Eklund Escobar Esposito Farahani Feldman
    Ferreira Flores Fujimoto Galindo Ghosh Goldberg Grimaldi Guerrero Haddad Halloran Hakimi Hernandez
    Hoang Holloway Huang Ibanez Ivanova Jankowski Jimenez Kahale Kamara Kapoor Keita Khoury Kim Kovac
    Kowalczyk Kruger Laurent Lindqvist Lombardi Lopez Madrigal Mahoney Mansour Marchetti Mbeki Medina
    Mendoza Moreau Morita Nakagawa Nair Navarro Ngata Nguyen Novak Nwosu Oduya Okafor Olsen Orozco
    Ortega Osei Pacheco Pappas Park Patel Pereira Petrov Pham Quintana Rahman Ramires Rasmussen Reyes
    Rinaldi Romero Rosales Rossi Rustamov Saito Salazar Sandoval Santos Schuster Sepulveda Sharma Silva
    Solberg Sorensen Suarez Takeda Tanaka Tran Tsosie Uribe Vargas Vasquez Verma Villanueva Vo Wahlberg
    Weissman Whitehorse Xiong Yamada Yazzie Yilmaz Zamora Zhao""".split()
)


def person(random: Random) -> str:
    """A name, family name first, as rosters have it."""
    return f"{FAMILY[random.randrange(len(FAMILY))]}, {GIVEN[random.randrange(len(GIVEN))]}"
