"""Recognise the headings that learning platforms and teachers use in class lists, in many languages."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from itertools import pairwise


class Role(StrEnum):
    """The meaning of a column."""

    NAME = "name"
    NUMBER = "number"
    EMAIL = "email"
    FULLNAME = "fullname"
    FIRST = "first"
    LAST = "last"
    #: The full name, or the first or last name if another column has the other part.
    SOME_NAME = "some-name"
    #: A known column that is not needed.
    UNUSED = "-"


_WORDS = {
    Role.NAME: """
        username, user name, user, login, login name, login id, sis login id, account, account name, name on the hub,
        user id, userid, net id, netid, uid, github username, nickname, sis-login-id, sis-anmelde-id,
        nutzername, nutzernamen
        Benutzername, Benutzer, Anmeldename, Nutzername, Kennung, Benutzerkennung, Nutzerkennung, Uni-Kennung,
        Uni-ID, RZ-Kennung, Zugangskennung, Konto
        nom d'utilisateur, utilisateur, identifiant, compte, pseudo
        id de connexion sis, id de inicio de sesión del sis, id de login sis, sis登录id, sis登入id
        nombre de usuario, usuario, cuenta
        nome utente, utente
        nome de usuário, nome de utilizador, utilizador, usuário, identificação de usuário
        uživatel, uživatelské jméno, användarnamn, brukernavn, brugernavn, käyttäjätunnus, felhasználónév, utilizator
        gebruikersnaam, nazwa użytkownika, логин, имя пользователя, kullanıcı adı, 아이디, 사용자 이름, 사용자명
        логін, όνομα χρήστη, اسم المستخدم, שם משתמש, tên đăng nhập, tài khoản, ชื่อผู้ใช้, nama pengguna
        github用户名, 账号名,
        用户名, 用户, 用户名称, 登录名, 登录帐号, 登录账号, 帐号, 账号, 账户, 帐户, 用戶名, 使用者名稱, 使用者
        帳號, 帳戶, 登入名稱
        ユーザー名, ユーザ名, ユーザー, ユーザーID, ログイン名, ログインID, アカウント, アカウント名
    """,
    Role.NUMBER: """
        id, id number, student id, student number, student no, student no., sis user id, sis id, user number,
        registration number, matriculation number, enrollment number, candidate number, orgdefinedid, org defined id,
        identifier, sis-benutzer-id, id utilisateur sis, id de usuario del sis, id de usuário sis, sis用户id,
        sis使用者id, emplid, institutionsnummer
        Matrikelnummer, Matrikelnr, Matrikelnr., Matrikel-Nr., Matr.-Nr., Matrikel, ID-Nummer, Studierendennummer
        numéro étudiant, numéro d'étudiant, n° étudiant, numéro d'identification, matricule
        número de ID, número de identificación, matrícula, número de alumno, número de estudiante, legajo
        numero di matricola, matricola, codice identificativo
        número de identificação, número ID, número de aluno, número de matrícula
        studentnummer, numer albumu, номер студента, öğrenci numarası, öğrenci no, okul no, okul numarası, 학번
        工号, 考生号, 学号, 学生号, 学生编号, 编号, ID号, 学籍号, 學號, 學生編號, 學籍號
        αριθμός μητρώου, الرقم الجامعي, mã sinh viên, mssv, nim, รหัสนักศึกษา
        学籍番号, 学生番号, 学生証番号, IDナンバー
    """,
    Role.EMAIL: """
        email, mail, e-mail, email address, e-mail address, mail address, student email, university email, email id
        E-Mail-Adresse, Emailadresse, Mailadresse, E-Mailadresse, Mail-Adresse
        courriel, adresse de courriel, adresse courriel, adresse e-mail, adresse mail, adresse électronique,
        adresse email, mél
        correo, correo electrónico, dirección de correo, dirección de correo electrónico, dirección email,
        dirección de email
        posta elettronica, indirizzo email, indirizzo e-mail, indirizzo di posta elettronica
        endereço de email, endereço de e-mail, correio eletrónico, correio eletrônico, endereço eletrónico
        e-mailadres, adres e-mail, e-post, sähköposti, почта, электронная почта, e-posta, 이메일, 전자우편
        邮箱, 邮箱地址, 电子邮件, 电子邮箱, 电子邮件地址, 邮件, 邮件地址, Email地址, 邮址
        郵箱, 電子郵件, 電子信箱, 電子郵件信箱, 電子郵件地址, 信箱, Email信箱
        пошта, електронна пошта, البريد الإلكتروني, البريد الالكتروني, אימייל, דואר אלקטרוני, อีเมล, thư điện tử
        メールアドレス, メール, Eメール, 電子メール, Eメールアドレス
    """,
    Role.FULLNAME: """
        full name, fullname, real name, display name, student, student name, learner, name of the student
        vollständiger Name, Vor- und Nachname, Vorname Nachname, Nachname Vorname, Name Vorname, Anzeigename,
        Studierende, Studierender, Student/in, Studierende/r, Teilnehmer, Teilnehmerin, Teilnehmer/in, Teilnehmende,
        Schüler, Schülerin, Schüler/in
        nom complet, nom et prénom, prénom et nom, nom prénom, étudiant, étudiante, étudiant·e, élève
        nombre completo, nombre y apellidos, apellidos y nombre, apellidos y nombres, alumno, alumna, alumno/a,
        estudiante
        nome completo, nome e cognome, cognome e nome, studente, studentessa
        nome e sobrenome, nome do aluno, aluno, aluna
        volledige naam, imię i nazwisko, фио, ad soyad, 성명
        姓名, 全名, 真实姓名, 学生姓名, 中文名, 中文姓名, 学生, 学员, 學生姓名, 真實姓名, 學生
        піб, ονοματεπώνυμο, الاسم, الاسم الكامل, שם מלא, họ và tên, họ tên, ชื่อ-นามสกุล, ชื่อ, nama, nama lengkap
        nume și prenume, numele
        氏名, お名前, 学生氏名, 生徒名, フルネーム
    """,
    Role.FIRST: """
        first name, firstname, first, given name, given names, forename, preferred name
        Vorname, Vornamen, Rufname
        prénom, prénoms
        nombres, primer nombre
        primeiro nome, nome próprio
        ad, adı, tên, ім'я, όνομα, שם פרטי,
        voornaam, imię, имя, jméno, křestní jméno, meno, förnamn, fornavn, etunimi, keresztnév, prenume
        名
    """,
    Role.LAST: """
        last name, lastname, last, surname, family name
        Nachname, Familienname, Zuname
        nom de famille, nom d'usage
        soyad, soyadı, họ
        apellido, apellidos, primer apellido
        cognome
        прізвище, επώνυμο, שם משפחה,
        achternaam, nazwisko, фамилия, příjmení, priezvisko, efternamn, etternavn, efternavn, sukunimi, vezetéknév
        apelido, apelidos, sobrenome, último nome
        姓, 姓氏
        苗字
    """,
    Role.SOME_NAME: "שם, name, names, nume, nom, nombre, nome, naam, 이름, 名字, 名前",
    Role.UNUSED: """
        no, no., nr, nr., #, number, row, section, group, class, course, role, roles, department, institution,
        last access, final score, final grade, current score, current grade, status, phone, lms_user_id, extra
        Klasse, Kurs, Gruppe, Rolle, Institution, Abteilung, Zugriff, lfd. Nr.
        n°, groupe, classe, rôle, département, grupo, clase, curso, gruppo, corso, turma
        序号, 班级, 专业, 学院, 组, 分组, 性别, 院系, 角色, 电话, 手机, 手机号, 備註, 备注, 班級, 性別, 系所, 組別, 序號
        クラス, 学科, 学部, グループ, 番号, 備考
    """,
}


def normal(cell: str) -> str:
    """Normalise a heading: drop capitals, hyphens, colons and a remark in parentheses."""
    text = unicodedata.normalize("NFKC", cell[:200]).casefold().replace("’", "'")
    text = re.sub(r"(?<=.)\s*[(\[].*[)\]]\s*$", "", text)
    return " ".join(re.sub(r"[_\-:*,/·\"]+", " ", text).split())


def _without_accents(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


#: Meaning by heading; a word that appears twice keeps its first meaning.
_ROLES: dict[str, Role] = {}
for _role, _words in _WORDS.items():
    for _word in _words.replace("\n", ",").split(","):
        if _word.strip():
            _ROLES.setdefault(normal(_word), _role)
# Two headings in one cell.
for _pair in ("last name first name", "surname first name", "apellidos nombre", "cognome nome", "nom prénom"):
    _ROLES[_pair] = Role.FULLNAME


#: The meaning by headings without accents, as in NOM;PRENOM.
_BARE = {_without_accents(_heading): _role for _heading, _role in reversed(_ROLES.items())}

#: Words that a heading may have in addition to the significant one.
_BESIDES = frozenset(
    """university uni student student's students official institutional institution school private
    universitaire institutionnel institutionnelle étudiant l'étudiant élève l'élève de du des
    universitäre der des studenten studierenden schülers
    institucional universitario universitaria del alumno estudiante istituzionale dello studente""".split()
)


#: Separates two headings in one cell.
_BETWEEN = re.compile(r"[/|\n&+,]|\s(?:and|und|et|y|e)\s|(?<=[\u2e80-\uffff])\s+(?=[a-z])")

_NAMES = {Role.FULLNAME, Role.SOME_NAME, Role.FIRST, Role.LAST}


def role_of(heading: str) -> Role | None:
    """Return the meaning of a column with this heading; None if the heading is unknown.

    A heading in two languages ("学号/Student ID") counts if both mean the same.
    """
    text = normal(heading)
    if found := _ROLES.get(text) or _BARE.get(_without_accents(text)):
        return found
    # 学 号 is written with spaces to fill the column.
    if (joined := text.replace(" ", "")) > "\u2e80" and joined in _ROLES:
        return _ROLES[joined]
    parts = [part for part in _BETWEEN.split(heading.casefold()) if part.strip()]
    if len(parts) > 1:
        roles = {role_of(part) for part in parts}
        # Such as "First name / Last name".
        return roles.pop() if len(roles) == 1 else Role.FULLNAME if roles <= _NAMES else None
    words = text.split()
    rest = [word for word in words if word not in _BESIDES]
    return _ROLES.get(" ".join(rest)) if len(rest) < len(words) else None


_PASSWORD = re.compile(
    r"passw|kennwort|mot de passe|contraseña|senha|hasło|heslo|пароль|şifre|密码|密碼|口令|パスワード|비밀번호",
    re.IGNORECASE,
)


def is_password(heading: str) -> bool:
    """Return whether a column has passwords, which are never printed, such as those in the list of new accounts."""
    return _PASSWORD.search(heading) is not None


#: How a form begins its questions.
_ASKED = re.compile(
    r"^(?:please enter |enter )?(?:your|ihre?|deine?|votre|tu|su|seu|sua) "
    r"|^(?:请输入|请填写|請輸入|請填寫)?(?:你的|您的)|^(?:请输入|请填写|請輸入|請填寫)|[?？]$",
    re.IGNORECASE,
)


def role_of_question(heading: str) -> Role | None:
    """Return the meaning of a question in a form: "Your name", 请填写您的学号; None if it is unknown."""
    return role_of(_ASKED.sub("", heading.strip()))


def has_known_word(cell: str) -> bool:
    """Return whether a cell contains a known heading, as in "Your e-mail", "Login des Studenten", 你的邮箱."""
    text = normal(cell)
    words = text.split()
    parts = [*words, *map(" ".join, pairwise(words))] if len(words) > 1 else []
    # Chinese and Japanese have no spaces between words.
    parts += [word for word in _ROLES if len(word) > 1 and word > "\u2e80" and word in text]
    return "email" in text or any(_ROLES.get(part, Role.UNUSED) is not Role.UNUSED for part in parts)
